import { QueryClient } from "@tanstack/react-query";
import { ApiProblem } from "@/api/problem";

/** A refusal is an answer and is not asked again; a lost connection or a tired server is, twice. */
function worthRetrying(failures: number, error: unknown): boolean {
  if (!(error instanceof ApiProblem)) return false;
  return failures < 2 && (error.status === 0 || error.status >= 502);
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // Live events keep data fresh; a minute covers what they do not.
      queries: { staleTime: 60_000, retry: worthRetrying, refetchOnWindowFocus: false },
      mutations: { retry: false },
    },
  });
}
