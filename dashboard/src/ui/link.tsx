import NextLink from "next/link";
import type { ComponentProps } from "react";

/** A link inside the app. Does not prefetch: each prefetch of an exported page costs 2-3 requests. */
export function Link(props: ComponentProps<typeof NextLink>) {
  return <NextLink prefetch={false} {...props} />;
}
