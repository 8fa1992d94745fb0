/**
 * Adds to package-lock.json the optional packages of other platforms that the registry in use does
 * not offer. Without them `npm ci` takes the lock for outdated; with them it skips them here.
 */
import { readFileSync, writeFileSync } from "node:fs";

const path = process.argv[2] ?? "package-lock.json";
const systems = ["darwin", "win32", "linux", "freebsd", "android", "openharmony"];
const processors = [
  ...["arm64", "x64", "ia32", "ppc64", "s390x", "riscv64"],
  ...["loong64", "mips64el", "wasm32", "arm"],
];

const lock = JSON.parse(readFileSync(path, "utf8"));

/** Whether a package at `from` finds `name` in its own or an outer node_modules folder. */
function isLocked(from, name) {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf("/node_modules/")))) {
    if (lock.packages[`${base === "" ? "" : `${base}/`}node_modules/${name}`] !== undefined) {
      return true;
    }
    if (base === "") {
      return false;
    }
  }
}

let added = 0;
for (const [at, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isLocked(at, name)) {
      continue;
    }
    const system = systems.find((one) => name.includes(one));
    const processor = processors.find((one) => name.includes(one));
    lock.packages[`node_modules/${name}`] = {
      version: range.replace(/^[^\d]*/, ""),
      ...(processor === undefined ? {} : { cpu: [processor] }),
      ...(entry.dev === true ? { dev: true } : {}),
      optional: true,
      ...(system === undefined ? {} : { os: [system] }),
    };
    added += 1;
  }
}

const inOrder = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
lock.packages = Object.fromEntries(inOrder);
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${String(added)} packages of other platforms added to ${path}`);
