"use client";

import { Plus, Search } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter, useSearchParams } from "next/navigation";
import { Suspense, useDeferredValue, useRef, useState } from "react";
import type { Platform } from "@/api/types/common";
import { useShortcuts } from "@/lib/use-shortcuts";
import { PLATFORM_NAME } from "@/lib/words";
import { Button } from "@/ui/button";
import { Input } from "@/ui/input";
import { PageBody, PageHeader } from "@/ui/page-header";
import { Select } from "@/ui/select";
import { SkeletonRows } from "@/ui/skeleton";
import { ConnectNote } from "./connect-note";

function ListSkeleton() {
  return (
    <div className="md:pt-9">
      <SkeletonRows rows={8} />
    </div>
  );
}

const AccountsList = dynamic(() => import("./accounts-list").then((module) => module.AccountsList), {
  ssr: false,
  loading: ListSkeleton,
});
const AddDialog = dynamic(() => import("./add-dialog").then((module) => module.AddDialog), { ssr: false });

const PLATFORMS = (Object.keys(PLATFORM_NAME) as Platform[]).map((value) => ({
  value,
  label: PLATFORM_NAME[value],
}));

/** `?add=1` opens the form, so that other pages can lead straight to it. */
function AddButton() {
  const router = useRouter();
  const asked = useSearchParams().get("add") === "1";
  const [pressed, setPressed] = useState(false);
  function close() {
    setPressed(false);
    if (asked) router.replace("/accounts/");
  }
  return (
    <>
      <Button
        kind="primary"
        icon={<Plus aria-hidden="true" className="size-4" />}
        onClick={() => setPressed(true)}
      >
        Add account
      </Button>
      {pressed || asked ? <AddDialog onClose={close} /> : null}
    </>
  );
}

export function AccountsPage() {
  const [q, setQ] = useState("");
  const [platform, setPlatform] = useState<Platform | "">("");
  const wanted = useDeferredValue(q.trim());
  const search = useRef<HTMLInputElement>(null);
  useShortcuts([
    { keys: "/", label: "Search accounts", group: "Accounts", run: () => search.current?.focus() },
  ]);
  return (
    <>
      <PageHeader
        title="Accounts"
        actions={
          <Suspense>
            <AddButton />
          </Suspense>
        }
      />
      <Suspense>
        <ConnectNote path="/accounts/" />
      </Suspense>
      <div
        role="search"
        aria-label="Accounts"
        className="flex shrink-0 items-center gap-2 border-b px-4 py-2"
      >
        <div className="relative min-w-0 flex-1 md:max-w-72">
          <Search
            aria-hidden="true"
            className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-ink-3"
          />
          <Input
            ref={search}
            type="search"
            aria-label="Search accounts"
            placeholder="Name or handle"
            value={q}
            onChange={(event) => setQ(event.target.value)}
            className="pl-8"
          />
        </div>
        <Select
          aria-label="Platform"
          placeholder="All platforms"
          value={platform}
          options={PLATFORMS}
          onChange={(event) => setPlatform(event.target.value as Platform | "")}
          className="max-w-36"
        />
      </div>
      <PageBody>
        <AccountsList filter={{ platform, q: wanted }} />
      </PageBody>
    </>
  );
}
