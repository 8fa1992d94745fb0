import type { ReactNode } from "react";
import { BrandMark } from "@/ui/brand-mark";

/** The frame of the pages that need no session. */
export function AuthCard({
  title,
  footer,
  children,
}: {
  title: string;
  footer: ReactNode;
  children: ReactNode;
}) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-4 py-8">
      <div className="w-full max-w-[22.5rem]">
        <p className="mb-5 flex items-center justify-center gap-2.5 text-lg font-semibold">
          <BrandMark /> SocialSeed
        </p>
        <div className="rounded-xl border bg-surface p-6">
          <h1 className="mb-4 text-xl font-semibold">{title}</h1>
          {children}
        </div>
        <p className="mt-4 text-center text-ink-2">{footer}</p>
      </div>
    </main>
  );
}
