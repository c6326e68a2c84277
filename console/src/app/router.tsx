/** Every page at its address: public ones alone, the others inside the layout, for people who are signed in. */
import { lazy, Suspense, useEffect } from "react";
import { createBrowserRouter, type RouteObject } from "react-router";
import { useMe } from "@/api/me";
import { Failed, NotFound } from "@/app/Failed";
import { Layout } from "@/app/Layout";
import { SignedIn } from "@/app/SignedIn";
import { pages, type Page } from "@/pages/page";
import { NoPermission } from "@/ui/NoPermission";
import { PageSkeleton } from "@/ui/PageSkeleton";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";

function routeOf(page: Page): RouteObject {
  const View = lazy(page.load);

  function Titled() {
    const t = useWords(page.words);
    const common = useCommon();
    const title = `${t("nav")} · ${common("app")}`;
    useEffect(() => {
      document.title = title;
    }, [title]);
    return (
      <Suspense fallback={<PageSkeleton />}>
        <View />
      </Suspense>
    );
  }

  function Allowed() {
    const me = useMe();
    return page.scope === undefined || me.scopes.includes(page.scope) ? (
      <Titled />
    ) : (
      <NoPermission scope={page.scope} />
    );
  }

  return {
    path: page.path,
    element: page.frame === "public" ? <Titled /> : <Allowed />,
    errorElement: <Failed />,
  };
}

const within = (frame: Page["frame"]): RouteObject[] =>
  pages.filter((page) => page.frame === frame).map(routeOf);

export const router = createBrowserRouter([
  { errorElement: <Failed />, children: within("public") },
  {
    element: <SignedIn />,
    errorElement: <Failed />,
    children: [
      ...within("bare"),
      {
        element: <Layout />,
        errorElement: <Failed />,
        children: [...within(undefined), { path: "*", element: <NotFound /> }],
      },
    ],
  },
]);
