/** The look that is on. */
import { createContext, useContext } from "react";
import { light, type Look } from "@/theme";

export const LookContext = createContext<Look>(light);

/** The colours of the theme that is on, for charts, maps and what Ant Design has no token for. */
export const useLook = (): Look => useContext(LookContext);
