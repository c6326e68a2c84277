import { Menu, type MenuProps } from "antd";
import { Link, useLocation } from "react-router";
import { useMe } from "@/api/me";
import { useLook } from "@/app/look";
import { pages, type NavGroup, type Page } from "@/pages/page";
import { useCommon } from "@/words/common";
import { useWords } from "@/words/words";

const GROUPS: readonly NavGroup[] = ["operate", "network", "rules", "people"];
/** Beside what one thumb can hit without looking. */
const IN_BAR = 4;

type Placed = Page & { nav: NonNullable<Page["nav"]> };

/** The pages that the role may open, in the order of the navigation. */
export function usePlaces(): Placed[] {
  const { scopes } = useMe();
  return pages.filter(
    (page): page is Placed =>
      page.nav !== undefined && (page.scope === undefined || scopes.includes(page.scope)),
  );
}

/** The place whose address begins the present one. */
function useHere(places: Placed[]): Placed | undefined {
  const { pathname } = useLocation();
  const matching = places.filter(
    ({ path }) => pathname === path || (path !== "/" && pathname.startsWith(`${path}/`)),
  );
  return matching.sort((a, b) => b.path.length - a.path.length)[0];
}

function Label({ page }: { page: Page }) {
  return <>{useWords(page.words)("nav")}</>;
}

export function Navigation({ narrow }: { narrow: boolean }) {
  const places = usePlaces();
  const here = useHere(places);
  const t = useCommon();

  const itemsOf = (group: NavGroup) =>
    places
      .filter(({ nav }) => nav.group === group)
      .map((page) => {
        const Icon = page.nav.icon;
        return {
          key: page.path,
          icon: <Icon />,
          title: "",
          label: (
            <Link to={page.path} aria-current={here === page ? "page" : undefined}>
              <Label page={page} />
            </Link>
          ),
        };
      });
  const items = GROUPS.map((group) => ({ group, children: itemsOf(group) }))
    .filter(({ children }) => children.length > 0)
    .flatMap(({ group, children }): NonNullable<MenuProps["items"]> =>
      narrow ? children : [{ key: group, type: "group", label: t(`group_${group}`), children }],
    );
  return (
    <nav aria-label={t("navigation")}>
      <Menu
        mode="inline"
        inlineCollapsed={narrow}
        selectedKeys={here === undefined ? [] : [here.path]}
        items={items}
        style={{ border: 0 }}
      />
    </nav>
  );
}

/** The bar at the bottom of a phone's screen; the rest is in the drawer. */
export function PhoneBar({ height }: { height: number }) {
  const places = usePlaces();
  const here = useHere(places);
  const look = useLook();
  const t = useCommon();
  const wanted = places.filter(({ nav }) => nav.phone === true);
  const shown = [...wanted, ...places.filter((page) => !wanted.includes(page))].slice(0, IN_BAR);
  if (shown.length < 2) return null;
  return (
    <nav
      aria-label={t("navigation")}
      style={{
        position: "fixed",
        insetInline: 0,
        bottom: 0,
        zIndex: 10,
        display: "flex",
        paddingBottom: "env(safe-area-inset-bottom)",
        background: look.surface,
        borderTop: `1px solid ${look.line}`,
      }}
    >
      {shown.map((page) => {
        const Icon = page.nav.icon;
        const current = here === page;
        return (
          <Link
            key={page.path}
            to={page.path}
            aria-current={current ? "page" : undefined}
            style={{
              flex: 1,
              height,
              display: "flex",
              flexDirection: "column",
              alignItems: "center",
              justifyContent: "center",
              gap: 2,
              fontSize: 12,
              fontWeight: current ? 600 : 400,
              color: current ? look.link : look.muted,
            }}
          >
            <span style={{ fontSize: 20, lineHeight: 1 }} aria-hidden>
              <Icon />
            </span>
            <Label page={page} />
          </Link>
        );
      })}
    </nav>
  );
}
