"use client";

import { Search, X } from "lucide-react";
import { useState, type RefObject } from "react";
import type { ApprovalsSummary } from "@/api/types/actions";
import type { LightColour } from "@/api/types/common";
import { Checkbox } from "@/ui/checkbox";
import { IconButton } from "@/ui/icon-button";
import { Input } from "@/ui/input";
import { Light } from "@/ui/light";
import { Segmented } from "@/ui/segmented";
import type { QueueFilter } from "./queries";
import { riskShort } from "./words";

const LIGHTS: readonly LightColour[] = ["red", "yellow", "green"];
const WAIT_MS = 200;

export interface QueueFiltersProps {
  filter: QueueFilter;
  summary: ApprovalsSummary | undefined;
  selection: { all: boolean; some: boolean; toggle: () => void };
  searching: boolean;
  search: RefObject<HTMLInputElement | null>;
  onFilter: (filter: QueueFilter) => void;
  onSearching: (open: boolean) => void;
}

export function QueueFilters(props: QueueFiltersProps) {
  const { filter, summary, selection, searching, search, onFilter, onSearching } = props;
  return (
    <div className="shrink-0 border-b">
      <div className="flex h-[41px] items-center gap-1 overflow-x-auto pr-2 pl-3 max-md:h-12">
        <Checkbox
          hideLabel
          label="Select all that are loaded"
          checked={selection.all}
          mixed={selection.some && !selection.all}
          onChange={selection.toggle}
          className="mr-1.5 max-md:hidden"
        />
        <Segmented
          form="plain"
          label="Risk"
          value={filter.light ?? "all"}
          options={[
            { value: "all" as const, label: "All", count: summary?.total },
            ...LIGHTS.map((light) => ({
              value: light,
              label: <Light light={light} word={riskShort(light)} />,
              count: summary?.[light],
            })),
          ]}
          onChange={(value) => onFilter({ ...filter, light: value === "all" ? null : value })}
          className="max-lg:[&_label]:px-1.5"
        />
        <IconButton
          label={searching ? "Close search" : "Search (/)"}
          aria-expanded={searching}
          icon={
            searching ? (
              <X aria-hidden="true" className="size-4" />
            ) : (
              <Search aria-hidden="true" className="size-4" />
            )
          }
          className="ml-auto"
          onClick={() => onSearching(!searching)}
        />
      </div>
      {searching ? (
        <SearchBox
          value={filter.q}
          field={search}
          onChange={(q) => onFilter({ ...filter, q })}
          onClose={() => onSearching(false)}
        />
      ) : null}
    </div>
  );
}

interface SearchBoxProps {
  value: string;
  field: RefObject<HTMLInputElement | null>;
  onChange: (q: string) => void;
  onClose: () => void;
}

function SearchBox({ value, field, onChange, onClose }: SearchBoxProps) {
  const [text, setText] = useState(value);
  const [timer, setTimer] = useState<ReturnType<typeof setTimeout>>();

  function type(next: string) {
    setText(next);
    clearTimeout(timer);
    setTimer(setTimeout(() => onChange(next.trim()), WAIT_MS));
  }

  return (
    <div role="search" className="px-3 pb-2">
      <Input
        ref={field}
        type="search"
        autoFocus
        aria-label="Search approvals"
        placeholder="Account, person or words of the draft"
        value={text}
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.preventDefault();
            clearTimeout(timer);
            onClose();
          }
          if (event.key === "Enter") {
            clearTimeout(timer);
            onChange(text.trim());
            event.currentTarget.blur();
          }
        }}
      />
    </div>
  );
}
