"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ACTION_NAME, PLATFORM_NAME, STATUS_NAME } from "@/lib/words";
import { Button } from "@/ui/button";
import { Input } from "@/ui/input";
import { Select, type SelectOption } from "@/ui/select";
import { accountChoicesQuery, type HistoryFilter } from "./queries";

function optionsOf(names: Record<string, string>): SelectOption[] {
  return Object.entries(names).map(([value, label]) => ({ value, label }));
}

const WAIT_MS = 250;

export interface FiltersProps {
  filter: HistoryFilter;
  onChange: (change: Partial<HistoryFilter>) => void;
  onClear: () => void;
}

export function Filters({ filter, onChange, onClear }: FiltersProps) {
  const accounts = useQuery(accountChoicesQuery).data?.items ?? [];
  const [text, setText] = useState(filter.q);
  const [timer, setTimer] = useState<ReturnType<typeof setTimeout>>();
  const lists = [
    { key: "status", label: "Any status", options: optionsOf(STATUS_NAME) },
    {
      key: "account_id",
      label: "Any account",
      options: accounts.map(({ id, username, platform }) => ({
        value: id,
        label: `@${username} on ${PLATFORM_NAME[platform]}`,
      })),
    },
    { key: "platform", label: "Any platform", options: optionsOf(PLATFORM_NAME) },
    { key: "action_type", label: "Any action", options: optionsOf(ACTION_NAME) },
  ] as const;
  const filtered = Object.values(filter).some((value) => value !== "");

  function type(next: string) {
    setText(next);
    clearTimeout(timer);
    setTimer(setTimeout(() => onChange({ q: next.trim() }), WAIT_MS));
  }

  return (
    <div role="search" className="flex shrink-0 flex-wrap gap-2 border-b px-4 py-2">
      <span className="w-56 max-md:w-full">
        <Input
          type="search"
          aria-label="Search activity"
          placeholder="Search person or words"
          value={text}
          onChange={(event) => type(event.target.value)}
        />
      </span>
      {lists.map(({ key, label, options }) => (
        <Select
          key={key}
          aria-label={label.replace("Any ", "").replace(/^./, (letter) => letter.toUpperCase())}
          value={filter[key]}
          placeholder={label}
          options={options}
          onChange={(event) => onChange({ [key]: event.target.value })}
          className="w-40! max-md:w-[calc(50%-4px)]!"
        />
      ))}
      {filtered ? (
        <Button
          kind="ghost"
          className="h-8"
          onClick={() => {
            clearTimeout(timer);
            setText("");
            onClear();
          }}
        >
          Clear
        </Button>
      ) : null}
    </div>
  );
}
