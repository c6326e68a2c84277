import { useQuery } from "@tanstack/react-query";
import { Navigate, useParams } from "react-router";
import { api, data } from "@/api/client";
import { PageSkeleton } from "@/ui/PageSkeleton";
import { ProblemAlert } from "@/ui/ProblemAlert";

export default function Saved() {
  const { id = "" } = useParams();
  const view = useQuery({
    queryKey: ["view", id],
    queryFn: () => data(api.GET("/v1/views/{view_id}", { params: { path: { view_id: id } } })),
  });
  if (view.data !== undefined) {
    return <Navigate replace to={{ pathname: view.data.page, search: view.data.query }} />;
  }
  if (view.error !== null) return <ProblemAlert error={view.error} onRetry={() => void view.refetch()} />;
  return <PageSkeleton />;
}
