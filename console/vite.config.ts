import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { compress } from "./tooling/compress.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The API that the development server talks to, and the key that it adds (a session's cookie needs none). */
const api = process.env.MANYSTORES_DEV_API ?? "http://127.0.0.1:8000";
const key = process.env.MANYSTORES_DEV_KEY;
const proxied = { target: api, changeOrigin: false, headers: key ? { authorization: `Bearer ${key}` } : {} };
const SERVER_PATHS = [
  "/v1",
  "/idp",
  "/sign-in",
  "/sign-out",
  "/status",
  "/openapi.json",
  "/healthz",
  "/readyz",
];

/** With a key there is no session: who "signed in" is then told here, for the development server only. */
function keyInsteadOfSession(): Plugin {
  const person = { id: "00000000-0000-7000-8000-000000000000", login: "dev", name: "Developer" };
  const scopes = (process.env.MANYSTORES_DEV_SCOPES ?? DEV_SCOPES).split(" ");
  const me = {
    person,
    party: "demo",
    party_kind: "brand",
    role: process.env.MANYSTORES_DEV_ROLE ?? "brand_operations",
  };
  const session = { scopes, locations: [], location: null, csrf: "", expires_at: "2100-01-01T00:00:00Z" };
  return {
    name: "manystores-key-instead-of-session",
    apply: "serve",
    configureServer(server) {
      if (key === undefined) return;
      server.middlewares.use("/v1/me", (_request, answer) => {
        answer.setHeader("content-type", "application/json");
        answer.end(JSON.stringify({ ...me, ...session }));
      });
    },
  };
}
const DEV_SCOPES =
  "locations:read locations:write offers:read offers:write availability:read stock:read stock:write reservations:read " +
  "reservations:write orders:read orders:write fulfilment:read fulfilment:write returns:read returns:write stream:read " +
  "policies:read policies:write webhooks:read webhooks:write keys:read keys:write people:read people:write audit:read";

/** Libraries that change more rarely than our pages stay in the browser's cache in files of their own. */
const GROUPS = [
  { name: "react", test: /node_modules[\\/](react|react-dom|scheduler|react-router)[\\/]/, priority: 30 },
  { name: "antd", test: /node_modules[\\/](antd|@ant-design|@rc-component)[\\/]/, priority: 30 },
  { name: "maplibre", test: /node_modules[\\/](maplibre-gl|@maplibre|@mapbox)[\\/]/, priority: 30 },
  { name: "echarts", test: /node_modules[\\/](echarts|zrender)[\\/]/, priority: 30 },
];

export default defineConfig({
  plugins: [react(), compress(), keyInsteadOfSession()],
  resolve: { alias: { "@": here("./src") } },
  build: {
    outDir: here("../src/manystores/api/console"),
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    chunkSizeWarningLimit: 1500,
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups: GROUPS } } },
  },
  server: { proxy: Object.fromEntries(SERVER_PATHS.map((path) => [path, proxied])) },
});
