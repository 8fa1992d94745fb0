import { ApiProblem, asProblem } from "@/api/problem";
import type { RejectReason } from "@/api/types/actions";
import { bulk } from "./queries";

/** A decision that the server did not take, and why. */
export interface Refusal {
  id: string;
  problem: ApiProblem;
}

const AT_ONCE = 200;

/** One decision for many; answers those it was refused for. What never arrived counts as refused. */
export async function sendBulk(
  ids: readonly string[],
  decision: "approve" | "reject",
  reason?: RejectReason,
): Promise<Refusal[]> {
  const refusals: Refusal[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    refusals.push(...(await sendChunk(ids.slice(at, at + AT_ONCE), decision, reason)));
  }
  return refusals;
}

async function sendChunk(
  ids: readonly string[],
  decision: "approve" | "reject",
  reason: RejectReason | undefined,
): Promise<Refusal[]> {
  try {
    const answer = await bulk({ ids, decision, ...(reason === undefined ? {} : { reason }) });
    return answer.results
      .filter((result) => !result.ok)
      .map(({ id, problem }) => ({
        id,
        problem: new ApiProblem({ status: 409, ...(problem ?? { code: "not_decided" }) }),
      }));
  } catch (error) {
    return ids.map((id) => ({ id, problem: asProblem(error) }));
  }
}
