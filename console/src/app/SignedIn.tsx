import { useQuery } from "@tanstack/react-query";
import { Flex } from "antd";
import { Outlet } from "react-router";
import { meQuery } from "@/api/me";
import { isProblem } from "@/api/problem";
import { SessionEnded } from "@/app/SessionEnded";
import { PageSkeleton } from "@/ui/PageSkeleton";
import { ProblemAlert } from "@/ui/ProblemAlert";

/** What is inside is only drawn for somebody who is signed in; who is not leaves for the sign-in page. */
export function SignedIn() {
  const me = useQuery(meQuery);
  if (me.data !== undefined)
    return (
      <>
        <Outlet />
        <SessionEnded />
      </>
    );
  if (me.error === null || (isProblem(me.error) && me.error.status === 401)) return <PageSkeleton whole />;
  return (
    <Flex vertical align="center" justify="center" style={{ minHeight: "100%", padding: 24 }}>
      <ProblemAlert error={me.error} onRetry={() => void me.refetch()} />
    </Flex>
  );
}
