/** After the export: compress text assets, list each page's inline scripts for its CSP, hold the byte budget. */
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const OUT = join(import.meta.dirname, "..", "out");
const TEXT = new Set([".html", ".js", ".css", ".svg", ".txt", ".json", ".xml", ".map", ".webmanifest"]);
const SMALLEST = 512;
const KIB = 1024;
const BUDGET_TIGHT = 150;
const BUDGET_ROUTE = 165;
const BUDGET_ALL = 1_000_000;
const TIGHT_PAGES = new Set(["/", "/login/"]);

const files = readdirSync(OUT, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && ![".br", ".gz"].includes(extname(entry.name)))
  .map((entry) => join(entry.parentPath, entry.name));

const web = (file) => `/${relative(OUT, file).split(sep).join("/")}`;

function brotli(content) {
  return brotliCompressSync(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
  });
}

const brotliSize = new Map();
for (const file of files) {
  const content = readFileSync(file);
  if (!TEXT.has(extname(file)) || content.length < SMALLEST) continue;
  const br = brotli(content);
  brotliSize.set(web(file), br.length);
  if (br.length < content.length) writeFileSync(`${file}.br`, br);
  const gz = gzipSync(content, { level: 9 });
  if (gz.length < content.length) writeFileSync(`${file}.gz`, gz);
}

const SCRIPT = /<script\b([^>]*)>([\s\S]*?)<\/script>/gi;
const NOT_JS = /\btype="(?!module|text\/javascript)[^"]*"/i;

function scriptsOf(html) {
  return [...html.matchAll(SCRIPT)].map(([, attributes, body]) => ({
    src: /\bsrc="([^"]+)"/i.exec(attributes)?.[1] ?? null,
    legacy: /\bnomodule\b/i.test(attributes),
    inert: NOT_JS.test(attributes),
    body,
  }));
}

/** Chunks a page loads before anything is pressed: its script tags and those its payload names. */
function firstLoad(scripts) {
  const chunks = new Set();
  for (const { src, legacy, body } of scripts) {
    if (src !== null && !legacy) chunks.add(src.split("?")[0]);
    for (const [name] of body.matchAll(/\/_next\/static\/chunks\/[\w~.-]+\.js/g)) chunks.add(name);
  }
  return [...chunks];
}

function pagePath(file) {
  const path = web(file);
  return path.endsWith("/index.html") ? path.slice(0, -"index.html".length) : path;
}

const csp = {};
const rows = [];
const legacy = new Set();
let broken = false;

for (const file of files.filter((name) => extname(name) === ".html").sort()) {
  const scripts = scriptsOf(readFileSync(file, "utf8"));
  const page = pagePath(file);
  csp[page] = [
    ...new Set(
      scripts
        .filter(({ src, inert }) => src === null && !inert)
        .map(({ body }) => `sha256-${createHash("sha256").update(body).digest("base64")}`),
    ),
  ];
  for (const { src, legacy: old } of scripts) if (old && src !== null) legacy.add(src.split("?")[0]);
  const chunks = firstLoad(scripts);
  const unknown = chunks.filter((chunk) => !files.some((name) => web(name) === chunk));
  if (unknown.length > 0) throw new Error(`${page} names scripts that do not exist: ${unknown.join(", ")}`);
  const size = chunks.reduce(
    (sum, chunk) => sum + (brotliSize.get(chunk) ?? readFileSync(join(OUT, chunk)).length),
    0,
  );
  const budget = TIGHT_PAGES.has(page) ? BUDGET_TIGHT : BUDGET_ROUTE;
  const over = size > budget * KIB;
  broken ||= over;
  rows.push(`${over ? "OVER" : "ok  "}  ${(size / KIB).toFixed(1).padStart(6)} / ${budget} KiB br  ${page}`);
}

writeFileSync(join(OUT, "csp.json"), `${JSON.stringify(csp, null, 2)}\n`);

// Browsers that know modules never load the polyfills; everything else counts.
const all = files
  .filter((file) => extname(file) === ".js" && !legacy.has(web(file)))
  .reduce((sum, file) => sum + readFileSync(file).length, 0);
const allOver = all >= BUDGET_ALL;
rows.push(
  `${allOver ? "OVER" : "ok  "}  ${(all / 1000).toFixed(0).padStart(6)} / ${BUDGET_ALL / 1000} kB raw, all scripts`,
);

console.log(["First-load scripts", ...rows].join("\n"));
if (broken || allOver) {
  console.error("The byte budget is exceeded.");
  process.exit(1);
}
