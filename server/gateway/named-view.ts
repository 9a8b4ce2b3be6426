/** Views by a name that is equal where the same is shown, so that screens can share what is made for them. */
import { isWhole, type Subject, type View, viewKey, viewOf } from '../../shared/policy.ts';
import type { Channel } from '../../shared/view.ts';

export interface NamedView {
  readonly name: string;
  readonly view: View;
}

type Views = { readonly [C in Channel]: NamedView | null };

/** A scope may hold a thousand names: they are put together once for everything that the subject joins. */
const known = new WeakMap<Subject, Views>();

/** What the subject sees of a channel; null: all of it. */
export function viewFor(subject: Subject, channel: Channel): NamedView | null {
  let views = known.get(subject);
  if (!views) {
    views = viewsOf(subject);
    known.set(subject, views);
  }
  return views[channel];
}

function viewsOf(subject: Subject): Views {
  const mine = named(viewOf(subject));
  // Counters are those of queues and name nobody: teams make no difference.
  const counts = named({ ...viewOf(subject), teams: null });
  return { board: mine, agents: mine, integrity: mine, counts };
}

const named = (view: View): NamedView | null => (isWhole(view) ? null : { name: viewKey(view), view });
