import type { Role } from "@/api/types/common";

export const ROLES: readonly { value: Role; label: string; may: string }[] = [
  { value: "owner", label: "Owner", may: "everything, also other owners" },
  { value: "admin", label: "Admin", may: "everything but owners" },
  { value: "approver", label: "Approver", may: "propose, approve, do tasks, stop" },
  { value: "viewer", label: "Viewer", may: "read" },
];

/** Whether the role changes accounts, rules, members and the workspace. The server decides; this only shows it. */
export function mayManage(role: Role): boolean {
  return role === "owner" || role === "admin";
}

/** The roles that somebody in this role may give: an owner is made by an owner. */
export function rolesFor(role: Role): typeof ROLES {
  return role === "owner" ? ROLES : ROLES.filter((entry) => entry.value !== "owner");
}
