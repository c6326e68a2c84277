/** Writes a gzip and a brotli copy beside every text asset, so that the server never compresses anything itself. */
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(m?js|css|html|svg|json|geojson|webmanifest|map|wasm|txt)$/;
const LEAST = 1024;
/** Larger files are data; brotli's best level would take minutes for a tenth less. */
const LARGE = 2_000_000;

export function compress(): Plugin {
  let folder = "";
  return {
    name: "manystores-compress",
    apply: "build",
    configResolved(config) {
      folder = config.build.outDir;
    },
    async closeBundle() {
      for (const entry of await readdir(folder, { recursive: true })) {
        if (TEXT.test(entry)) await compressFile(join(folder, entry));
      }
    },
  };
}

async function compressFile(path: string): Promise<void> {
  const plain = await readFile(path);
  if (plain.length < LEAST) return;
  const quality = plain.length > LARGE ? 5 : 10;
  const packed = await promisify(brotliCompress)(plain, {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
  });
  await writeFile(`${path}.br`, packed);
  await writeFile(`${path}.gz`, await promisify(gzip)(plain, { level: 9 }));
}
