import type { NextConfig } from "next";
import { PHASE_DEVELOPMENT_SERVER } from "next/constants";

/** Where `next dev` finds the backend; a build is static files on the backend's own origin. */
const backend = process.env["SOCIALSEED_BACKEND"] ?? "http://127.0.0.1:8000";

const shared: NextConfig = {
  trailingSlash: true,
  reactStrictMode: true,
  poweredByHeader: false,
  images: { unoptimized: true },
  turbopack: { root: import.meta.dirname },
  experimental: { optimizePackageImports: ["lucide-react"] },
};

export default function config(phase: string): NextConfig {
  if (phase !== PHASE_DEVELOPMENT_SERVER) {
    return { ...shared, output: "export" };
  }
  // An export cannot rewrite, so the proxy exists in development only.
  return {
    ...shared,
    skipTrailingSlashRedirect: true,
    rewrites: () => Promise.resolve([{ source: "/api/:path*", destination: `${backend}/api/:path*` }]),
  };
}
