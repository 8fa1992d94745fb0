import { asProblem } from "@/api/problem";
import { showToast } from "./toast";

/** Says in a toast what was not done, why, and the problem's code. */
export function toastProblem(text: string, error: unknown): void {
  const problem = asProblem(error);
  void showToast({ text, detail: `${problem.detail} (${problem.code})`, kind: "error" });
}
