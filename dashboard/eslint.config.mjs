import nextVitals from "eslint-config-next/core-web-vitals";
import tseslint from "typescript-eslint";

/** Imports only point down: app > features > ui > lib > api. */
const floor = (files, forbidden, message) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: [{ group: forbidden, message }] }] },
});

const config = [
  { ignores: [".next/**", "out/**", "node_modules/**", "next-env.d.ts", "coverage/**", "e2e/**"] },
  ...nextVitals,
  ...tseslint.configs.strictTypeChecked.map((entry) => ({ ...entry, files: ["**/*.ts", "**/*.tsx"] })),
  {
    files: ["**/*.ts", "**/*.tsx"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "max-lines": ["error", 250],
      complexity: ["error", 15],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    },
  },
  floor(["src/api/**"], ["@/lib/*", "@/ui/*", "@/features/*", "@/app/*"], "api imports nothing above it"),
  floor(["src/lib/**"], ["@/ui/*", "@/features/*", "@/app/*"], "lib imports api only"),
  floor(["src/ui/**"], ["@/api/client", "@/features/*", "@/app/*"], "a primitive holds no data"),
  floor(
    ["src/features/**"],
    ["@/features/*", "@/app/*", "@/api/client"],
    "only queries.ts calls the API; features never import each other; inside one use ./",
  ),
  floor(
    ["src/features/**/queries.ts", "src/features/**/queries-*.ts"],
    ["@/features/*", "@/app/*"],
    "features never import each other",
  ),
];

export default config;
