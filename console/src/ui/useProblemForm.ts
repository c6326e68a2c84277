import type { FormInstance } from "antd";
import { useCallback, useState } from "react";
import { isProblem, type ApiProblem, type FieldProblem } from "@/api/problem";
import { pathOf, type Path } from "@/ui/pointer";

/**
 * Puts the API's field errors at the form's fields.
 *
 *     const [form] = Form.useForm<Values>();
 *     const problems = useProblemForm(form);
 *     const save = useMutation({ mutationFn: …, onError: problems.show, onMutate: problems.clear });
 *     <ProblemAlert error={problems.problem} fields={problems.elsewhere} />    where problems.problem is set
 *
 * A form whose fields are named other than the body says by `at` where an error belongs: pointer's path → field's
 * name, or null when no field shows it.
 */
export function useProblemForm<Values extends object>(
  form: FormInstance<Values>,
  at: (path: Path) => Path | null = (path) => path,
) {
  const [problem, setProblem] = useState<unknown>(null);
  const [elsewhere, setElsewhere] = useState<FieldProblem[]>([]);

  const show = useCallback(
    (error: unknown) => {
      const fields = isProblem(error) ? error.fields : [];
      const placed = fields.map((field) => ({ field, name: at(pathOf(field.pointer)) }));
      const known = placed.filter(({ name }) => name !== null && isField(form, name));
      const byName = new Map<string, { name: Path; errors: string[] }>();
      for (const { field, name } of known) {
        const key = JSON.stringify(name);
        const entry = byName.get(key) ?? { name: name!, errors: [] };
        entry.errors.push(field.detail);
        byName.set(key, entry);
      }
      form.setFields([...byName.values()] as unknown as Parameters<typeof form.setFields>[0]);
      const first = [...byName.values()][0];
      if (first !== undefined) {
        form.scrollToField(first.name, { focus: true });
      }
      setElsewhere(placed.filter((one) => !known.includes(one)).map(({ field }) => field));
      setProblem(error);
    },
    [form, at],
  );

  const clear = useCallback(() => {
    const names = form.getFieldsError().map(({ name }) => ({ name, errors: [] }));
    form.setFields(names as unknown as Parameters<typeof form.setFields>[0]);
    setProblem(null);
    setElsewhere([]);
  }, [form]);

  return { problem: problem as ApiProblem | Error | null, elsewhere, show, clear };
}

const isField = (form: FormInstance, name: Path): boolean =>
  form.getFieldsError().some((field) => JSON.stringify(field.name) === JSON.stringify(name));
