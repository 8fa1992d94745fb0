import type { ApiProblem } from "@/api/problem";

/** The refusals that name one of these fields, so that each stands beside its field. */
export function fieldErrors<N extends string>(
  problem: ApiProblem,
  names: readonly N[],
): { name: N; detail: string }[] {
  return names.flatMap((name) => {
    const found = problem.fieldProblem(name);
    return found === undefined ? [] : [{ name, detail: found.detail }];
  });
}
