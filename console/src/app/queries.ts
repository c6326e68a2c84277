/** What is asked of the API, and for how long an answer is good. */
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ME, signIn } from "@/api/me";
import { ApiProblem } from "@/api/problem";
import { sessionEnded } from "@/app/sessionEnded";

/**
 * Who is not signed in leaves for the sign-in page, and comes back to where they were. Where something is on the
 * screen already, perhaps half typed, they are told first (SessionEnded).
 */
function notSignedIn(error: Error): void {
  if (!(error instanceof ApiProblem) || error.status !== 401) return;
  if (queryClient.getQueryData(ME) === undefined) signIn();
  else sessionEnded.tell();
}

const RETRIES = 2;

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: notSignedIn }),
  mutationCache: new MutationCache({ onError: notSignedIn }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      retry: (failures, error) =>
        failures < RETRIES && (!(error instanceof ApiProblem) || error.status === 0 || error.status >= 500),
    },
    mutations: { retry: false },
  },
});
