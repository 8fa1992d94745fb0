import { buttonClass } from "@/ui/button";
import { Link } from "@/ui/link";

export default function NotFoundPage() {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-2 px-4 text-center">
      <p className="text-ink-3">404</p>
      <h1 className="text-xl font-semibold">There is no such page</h1>
      <p className="text-ink-2">The address may be mistyped, or what it showed is gone.</p>
      <Link href="/" className={`${buttonClass("primary", "decision")} mt-3`}>
        Go to the overview
      </Link>
    </main>
  );
}
