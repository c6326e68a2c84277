/** What is asked of the API, and for how long an answer is good. */
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { signIn } from "@/api/me";
import { ApiProblem } from "@/api/problem";

/** A session that ended sends its person to the sign-in page, and back to where they were. */
function notSignedIn(error: Error): void {
  if (error instanceof ApiProblem && error.status === 401) signIn();
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
