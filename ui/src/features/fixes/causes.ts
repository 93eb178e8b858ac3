/** One cause, one group: what differs between records of the same cause is no cause of its own. */
import type { HeldGroup } from "../../api/generated/HeldGroup";
import { compareDecimals, sumDecimals } from "./sum";

/** Parameters that name or measure the record, not the cause. */
const OF_THE_RECORD = new Set(["order", "ours", "theirs", "amount", "document", "title", "at", "reason", "detail"]);

/** What makes two held records the same cause. */
export function causeKey({ kind, reason }: Pick<HeldGroup, "kind" | "reason">): string {
  const shared = Object.entries(reason.params).filter(([name]) => !OF_THE_RECORD.has(name));
  return `${kind}/${reason.code}/${JSON.stringify(shared.sort(([a], [b]) => a.localeCompare(b)))}`;
}

/** Groups of the same cause as one, the costliest first; of the parameters, those that all of them share are kept. */
export function byCause(groups: HeldGroup[]): HeldGroup[] {
  const causes = new Map<string, HeldGroup>();
  for (const group of groups) {
    const key = causeKey(group);
    const known = causes.get(key);
    causes.set(key, known === undefined ? group : merged(known, group));
  }
  const groupsOf = [...causes.values()];
  const currency = mainCurrency(groupsOf);
  const cost = (group: HeldGroup) => group.money.find((amount) => amount.currency === currency)?.amount ?? "0";
  return groupsOf.sort((one, other) => compareDecimals(cost(other), cost(one)) || other.count - one.count);
}

/** The currency in which most causes have money: the costliest is the costliest in it, since a list converts nothing. */
function mainCurrency(groups: HeldGroup[]): string | undefined {
  const seen = new Map<string, number>();
  for (const { currency } of groups.flatMap((group) => group.money)) seen.set(currency, (seen.get(currency) ?? 0) + 1);
  return [...seen].sort(([a, one], [b, other]) => other - one || a.localeCompare(b))[0]?.[0];
}

function merged(one: HeldGroup, other: HeldGroup): HeldGroup {
  const params = Object.entries(one.reason.params).filter(([name, value]) => other.reason.params[name] === value);
  const money = one.money.map((amount) => ({ ...amount }));
  for (const { amount, currency } of other.money) {
    const known = money.find((sum) => sum.currency === currency);
    if (known === undefined) money.push({ amount, currency });
    else known.amount = sumDecimals(known.amount, amount);
  }
  return {
    kind: one.kind,
    reason: { code: one.reason.code, params: Object.fromEntries(params) },
    count: one.count + other.count,
    money,
    records: [...one.records, ...other.records],
    remedy: one.remedy,
  };
}
