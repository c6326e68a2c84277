import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compress } from "./tooling/compress.ts";
import { storeWorker } from "./tooling/store-worker.ts";

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
  "/status.json",
  "/openapi.json",
  "/healthz",
  "/readyz",
];

/** Libraries that change more rarely than our pages stay in the browser's cache in files of their own. */
const GROUPS = [
  { name: "react", test: /node_modules[\\/](react|react-dom|scheduler|react-router)[\\/]/, priority: 30 },
  { name: "antd", test: /node_modules[\\/](antd|@ant-design|@rc-component)[\\/]/, priority: 30 },
  { name: "maplibre", test: /node_modules[\\/](maplibre-gl|@maplibre|@mapbox)[\\/]/, priority: 30 },
  { name: "echarts", test: /node_modules[\\/](echarts|zrender)[\\/]/, priority: 30 },
];

export default defineConfig({
  plugins: [react(), storeWorker(), compress()],
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
