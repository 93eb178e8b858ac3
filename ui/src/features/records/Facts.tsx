import { IconCheck, IconX } from "@tabler/icons-react";
import { FormattedMessage, useIntl } from "react-intl";
import type { Fact } from "../../api/generated/Fact";
import { useWords } from "../../i18n/useWords";
import type { Words } from "../../i18n/words";
import classes from "./Facts.module.css";

/** The same facts on the same line, Shopify left and Visma.net right; differences marked. */
export function Facts({ facts }: { facts: Fact[] }) {
  const words = useWords();
  const intl = useIntl();
  return (
    <section className={classes.box}>
      <table className={classes.table}>
        <caption className="visually-hidden">
          <FormattedMessage id="facts.caption" />
        </caption>
        <thead>
          <tr>
            <th scope="col">
              <FormattedMessage id="facts.fact" />
            </th>
            <th scope="col">Shopify</th>
            <th scope="col">
              <span className="visually-hidden">
                <FormattedMessage id="facts.agree" />
              </span>
            </th>
            <th scope="col">Visma.net</th>
          </tr>
        </thead>
        <tbody>
          {facts.map((fact) => (
            <tr key={fact.name} data-differs={fact.agrees === false || undefined}>
              <th scope="row">{factName(words, fact.name)}</th>
              <td>{factValue(words, fact.name, fact.shopify)}</td>
              <td className={classes.mark}>
                {fact.agrees === true && (
                  <IconCheck
                    size={16}
                    role="img"
                    className={classes.same}
                    aria-label={intl.formatMessage({ id: "facts.same" })}
                  />
                )}
                {fact.agrees === false && (
                  <span className={classes.differs}>
                    <IconX size={16} aria-hidden="true" />
                    <FormattedMessage id="facts.differs" />
                  </span>
                )}
              </td>
              <td>{factValue(words, fact.name, fact.visma)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** `vat-25` and `vat-25.5` are the VAT of one rate. */
function factName(words: Words, name: string): string {
  const rate = /^vat-(\d+(?:\.\d+)?)$/.exec(name)?.[1];
  if (rate !== undefined) return words.find("fact.vat-rate", { rate }) ?? name;
  return words.find(`fact.${name}`) ?? name;
}

function factValue(words: Words, name: string, value: string | null) {
  if (value === null || value === "") return <span className="quiet">{"\u2013"}</span>;
  const kind = name === "total" || name === "net" || name.startsWith("vat") ? "total" : name;
  return words.param(kind, value);
}
