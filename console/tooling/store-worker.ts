/** Builds the service worker of /store as a file of its own, and tells it which files these pages need. */
import { createHash } from "node:crypto";
import type { Plugin, Rollup } from "vite";

const SOURCE = "src/pages/store/offline/worker.ts";
const FILE = "store-worker.js";
/** Loaded by other pages only, however they are reached. */
const NOT_NEEDED = /[\\/](echarts|zrender|maplibre-gl)[\\/]|[\\/]src[\\/]pages[\\/](?!store[\\/])/;

export function storeWorker(): Plugin {
  return {
    name: "manystores-store-worker",
    apply: "build",
    buildStart() {
      this.emitFile({ type: "chunk", id: SOURCE, fileName: FILE });
    },
    generateBundle(_options, bundle) {
      const worker = bundle[FILE];
      if (worker?.type !== "chunk") throw new Error(`${FILE} was not built`);
      const files = needed(bundle)
        .map((file) => `/${file}`)
        .concat("/icon.svg", "/store.webmanifest");
      const version = createHash("sha256")
        .update(files.join())
        .update(worker.code)
        .digest("hex")
        .slice(0, 16);
      worker.code = worker.code
        .replaceAll("__STORE_FILES__", JSON.stringify(files))
        .replaceAll("__STORE_VERSION__", JSON.stringify(version));
    },
  };
}

/** The start page's files, and all that the store's pages load at once or later. */
function needed(bundle: Rollup.OutputBundle): string[] {
  const found = new Set<string>();
  const add = (name: string): void => {
    const chunk = bundle[name];
    if (found.has(name) || chunk?.type !== "chunk" || name === FILE) return;
    if (chunk.isDynamicEntry && chunk.moduleIds.some((id) => NOT_NEEDED.test(id))) return;
    found.add(name);
    chunk.viteMetadata?.importedCss.forEach((css) => found.add(css));
    [...chunk.imports, ...chunk.dynamicImports].forEach(add);
  };
  for (const [name, chunk] of Object.entries(bundle)) if (chunk.type === "chunk" && chunk.isEntry) add(name);
  return [...found].sort();
}
