"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CirclePause, CirclePlay, Ellipsis, Pencil, Search, Trash2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import type { Rule } from "@/api/types/targeting";
import { useLiveEvents } from "@/lib/live";
import { Button, buttonClass } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Link } from "@/ui/link";
import { Menu, type MenuItem } from "@/ui/menu";
import { PageBody, PageHeader } from "@/ui/page-header";
import { SkeletonRows } from "@/ui/skeleton";
import { showToast } from "@/ui/toast";
import { toastProblem } from "@/ui/toast-problem";
import { Candidates } from "./candidates";
import { candidatesQuery, changeRule, deleteRule, discoverNow, ruleQuery } from "./queries";
import { RuleFacts } from "./rule-facts";

const RuleForm = dynamic(() => import("./rule-form").then((module) => module.RuleForm), { ssr: false });

const ICON = "size-4 text-ink-3";

export function RulePage() {
  const id = useSearchParams().get("id") ?? "";
  if (id !== "") return <RuleDetail key={id} id={id} />;
  return (
    <>
      <PageHeader title="Rule" />
      <EmptyState
        title="No rule chosen"
        action={
          <Link href="/targeting/" className={buttonClass()}>
            All rules
          </Link>
        }
      />
    </>
  );
}

function RuleDetail({ id }: { id: string }) {
  const rule = useQuery(ruleQuery(id));
  const { data } = rule;
  return (
    <>
      <PageHeader
        title={
          <>
            <Link href="/targeting/" className="font-normal text-ink-3 hover:text-ink max-md:hidden">
              Targeting
              <span aria-hidden="true" className="px-1.5">
                /
              </span>
            </Link>
            {data?.name ?? "Rule"}
          </>
        }
        actions={data === undefined ? null : <RuleActions rule={data} />}
      />
      <PageBody>
        {data === undefined ? (
          rule.isError ? (
            <ErrorState error={rule.error} onRetry={() => void rule.refetch()} />
          ) : (
            <SkeletonRows rows={8} />
          )
        ) : (
          <div className="xl:grid xl:grid-cols-[minmax(0,1fr)_20rem]">
            <div className="min-w-0 max-xl:border-b xl:border-r">
              <Candidates id={id} />
            </div>
            <RuleFacts rule={data} />
          </div>
        )}
      </PageBody>
    </>
  );
}

function RuleActions({ rule }: { rule: Rule }) {
  const client = useQueryClient();
  const router = useRouter();
  const [layer, setLayer] = useState<"edit" | "delete" | null>(null);
  const [searching, setSearching] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: ["targeting"] });
  useLiveEvents(["candidates.discovered"], (event) => {
    if (event.data["rule_id"] !== rule.id) return;
    setSearching(false);
    void showToast({ text: event.sentence });
    void client.invalidateQueries({ queryKey: ruleQuery(rule.id).queryKey });
    void client.invalidateQueries({ queryKey: candidatesQuery(rule.id).queryKey });
  });
  const discover = useMutation({
    mutationFn: () => discoverNow(rule.id),
    onSuccess: () => {
      setSearching(true);
      void showToast({ text: "Searching", detail: "Whom the rule finds appears here by itself." });
    },
    onError: (error) => toastProblem("Not searched", error),
  });
  const toggle = useMutation({
    mutationFn: () => changeRule(rule.id, { is_active: !rule.is_active }),
    onSuccess: refresh,
    onError: (error) => toastProblem(rule.is_active ? "Not paused" : "Not resumed", error),
  });
  const remove = useMutation({
    mutationFn: () => deleteRule(rule.id),
    onSuccess: () => {
      router.replace("/targeting/");
      void client.invalidateQueries({ queryKey: ["targeting", "list"] });
    },
  });
  const Toggle = rule.is_active ? CirclePause : CirclePlay;
  const items: (MenuItem | "line")[] = [
    { label: "Edit", icon: <Pencil aria-hidden="true" className={ICON} />, run: () => setLayer("edit") },
    {
      label: rule.is_active ? "Pause" : "Resume",
      icon: <Toggle aria-hidden="true" className={ICON} />,
      run: () => toggle.mutate(),
    },
    "line",
    {
      label: "Delete",
      tone: "red",
      icon: <Trash2 aria-hidden="true" className="size-4" />,
      run: () => setLayer("delete"),
    },
  ];
  return (
    <>
      <Button
        kind="primary"
        busy={discover.isPending}
        icon={<Search aria-hidden="true" className="size-4" />}
        onClick={() => discover.mutate()}
      >
        {searching ? "Searching…" : "Discover now"}
      </Button>
      <Menu
        label="More for this rule"
        iconOnly
        items={items}
        trigger={<Ellipsis aria-hidden="true" className="size-4" />}
        triggerClassName="inline-flex size-7 items-center justify-center rounded-md text-ink-2 hover:bg-raised hover:text-ink"
      />
      {layer === "edit" ? <RuleForm rule={rule} onClose={() => setLayer(null)} /> : null}
      {layer === "delete" ? (
        <Confirm
          title={`Delete “${rule.name}”?`}
          text="Its candidates go with it. What it proposed stays."
          action="Delete rule"
          busy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate()}
          onClose={() => setLayer(null)}
        />
      ) : null}
    </>
  );
}
