// Writes src/api/schema.ts from the server's OpenAPI document; with --check, says whether the file is stale.
// The document comes from `python -m manystores.api.openapi` of ../.venv (PYTHON=… chooses another), without a database.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const FILE = new URL("../src/api/schema.ts", import.meta.url);
const HEAD = "// Made by `npm run schema` from the server's OpenAPI document; do not edit.\n\n";
const own = new URL("../../.venv/bin/python", import.meta.url).pathname;
const python = process.env.PYTHON ?? (existsSync(own) ? own : "python3");

const TOLD = new Set(["example", "examples", "summary", "description", "title"]);

/** What types need of the document: no examples and texts, and no refusals (all of them are an ApiProblem). */
function lean(node, named = false) {
  if (Array.isArray(node)) return node.map((item) => lean(item));
  if (node === null || typeof node !== "object") return node;
  const kept = Object.entries(node).filter(([name]) => named || !TOLD.has(name));
  return Object.fromEntries(
    kept.map(([name, value]) => [
      name,
      name === "responses" && !named
        ? lean(Object.fromEntries(Object.entries(value).filter(([status]) => status.startsWith("2"))), true)
        : lean(value, name === "properties" && !named),
    ]),
  );
}

const printed = execFileSync(python, ["-W", "ignore", "-m", "manystores.api.openapi"], {
  maxBuffer: 64e6,
  encoding: "utf8",
});
const text = HEAD + astToString(await openapiTS(lean(JSON.parse(printed))));

if (process.argv.includes("--check")) {
  if (!existsSync(FILE) || readFileSync(FILE, "utf8") !== text) {
    console.error("src/api/schema.ts is stale: run npm run schema");
    process.exit(1);
  }
} else {
  writeFileSync(FILE, text);
}
