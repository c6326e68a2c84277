import { useQuery } from "@tanstack/react-query";
import { api, data } from "@/api/client";
import { useCan } from "@/api/me";

const FRESH_MS = 300_000;

/** What a step with a fulfilment order can name: reasons to reject in the reader's language, and carriers. */
export function useChoices() {
  const may = useCan("fulfilment:read");
  return useQuery({
    queryKey: ["fulfilment", "choices"],
    enabled: may,
    queryFn: () => data(api.GET("/v1/fulfilment-orders/choices")),
    staleTime: FRESH_MS,
  });
}

/** A reason to reject in words; the code itself while they are not known, and for codes that are none. */
export function useReasonText(): (code: string) => string {
  const reasons = useChoices().data?.reject_reasons;
  return (code) => reasons?.find((one) => one.code === code)?.text ?? code;
}
