"use client";

import dynamic from "next/dynamic";
import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { Action } from "@/api/types/actions";
import { DetailPane } from "./detail-pane";
import { ListPane } from "./list-pane";
import { useApprovals } from "./use-approvals";
import { useDeciding } from "./use-deciding";
import { useOpened } from "./use-opened";
import { useQueueKeys } from "./use-queue-keys";

const ReasonSheet = dynamic(() => import("./reason-sheet").then((module) => module.ReasonSheet), {
  ssr: false,
});

export function ApprovalsBody() {
  const page = useApprovals();
  const deciding = useDeciding(page);
  const { current, decisions } = page;
  const [searching, setSearching] = useState(page.filter.q !== "");
  const [rejecting, setRejecting] = useState<readonly Action[] | null>(null);
  useOpened(current?.gone === null ? current.action.id : null);
  const search = useRef<HTMLInputElement>(null);

  useQueueKeys(
    {
      ...deciding,
      move: page.move,
      reject: () => {
        if (current !== null && !deciding.barred) setRejecting([current.action]);
      },
      check: () => (page.chosen === null ? undefined : page.check(page.chosen)),
      undo: decisions.undoLast,
      search: () => {
        flushSync(() => setSearching(true));
        search.current?.focus();
      },
    },
    page.editing,
  );

  return (
    <div className="flex min-h-0 flex-1 max-md:flex-col">
      <ListPane
        page={page}
        search={search}
        searching={searching}
        onSearching={setSearching}
        onOpen={deciding.open}
        onApproveSelected={deciding.approveSelected}
        onRejectSelected={() => setRejecting(page.selected)}
      />
      <div className="flex min-w-0 flex-1 flex-col">
        <DetailPane
          page={page}
          deciding={deciding}
          onReject={(action) => setRejecting([action])}
          onShowAll={() => {
            setSearching(false);
            page.setFilter({ light: null, q: "", deferred: false });
          }}
        />
      </div>
      {rejecting === null ? null : (
        <ReasonSheet
          count={rejecting.length}
          onClose={() => setRejecting(null)}
          onChoose={(reason, note) => {
            setRejecting(null);
            decisions.reject(rejecting, reason, note);
          }}
        />
      )}
    </div>
  );
}
