"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { PageHeader } from "@/ui/page-header";
import { nextTaskQuery } from "./queries";
import { TasksSkeleton } from "./tasks-skeleton";

const TasksBody = dynamic(() => import("./tasks-body").then((module) => module.TasksBody), {
  ssr: false,
  loading: TasksSkeleton,
});

export function TasksPage() {
  const { data } = useQuery(nextTaskQuery);
  return (
    <>
      <PageHeader title="Tasks" note={data === undefined ? undefined : `${data.open} open now`} />
      <TasksBody />
    </>
  );
}
