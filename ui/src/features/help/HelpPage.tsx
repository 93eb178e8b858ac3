import { useCallback } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { href, Link, replace, useRoute } from "../../app/router";
import { Empty } from "../../components/Empty";
import { FilterBox } from "../../components/FilterBox";
import { Page } from "../../components/Page";
import { useWords } from "../../i18n/useWords";
import { PracticeWays } from "../practice/PracticeWays";
import { ANSWERS } from "./answers";
import classes from "./HelpPage.module.css";
import { SupportFile } from "./SupportFile";

export function HelpPage() {
  const intl = useIntl();
  const words = useWords();
  const { path, search: query } = useRoute();
  const search = query.get("search") ?? "";
  const onSearch = useCallback((value: string) => replace(href("help", { search: value })), []);
  const wanted = search
    .trim()
    .toLocaleLowerCase(intl.locale)
    .split(/\s+/)
    .filter((word) => word !== "");
  const shown = ANSWERS.map((answer) => ({
    ...answer,
    title: words.find(`help.${answer.name}.title`) ?? answer.name,
    text: words.find(`help.${answer.name}.text`) ?? "",
  })).filter(({ title, text }) => {
    const all = `${title} ${text}`.toLocaleLowerCase(intl.locale);
    return wanted.every((word) => all.includes(word));
  });
  return (
    <Page title={<FormattedMessage id="nav.help" />} lead={<FormattedMessage id="help.lead" />}>
      <div className={classes.content}>
        <PracticeWays />
        <FilterBox label={intl.formatMessage({ id: "help.search" })} value={search} onChange={onSearch} />
        {shown.length === 0 && <Empty title={<FormattedMessage id="help.none" values={{ search }} />} />}
        <div className={classes.answers}>
          {shown.map(({ name, page, title, text }) => (
            <details key={name} className={classes.answer} open={path[1] === name || shown.length <= 3 || undefined}>
              <summary className={classes.question}>{title}</summary>
              <p className={classes.text}>{text}</p>
              <Link to={href(page.path)}>
                <FormattedMessage id="help.open" values={{ page: intl.formatMessage({ id: page.title }) }} />
              </Link>
            </details>
          ))}
        </div>
        <section aria-labelledby="help-support" className={classes.support}>
          <h2 id="help-support" className={classes.head}>
            <FormattedMessage id="support.title" />
          </h2>
          <SupportFile />
        </section>
      </div>
    </Page>
  );
}
