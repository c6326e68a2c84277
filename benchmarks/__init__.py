"""How fast is it, and against what: programs that measure, and say how. Start with docs/benchmarks.md."""
