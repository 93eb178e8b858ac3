/** Where a page throws while it is drawn, everything around it stays, and says so. */
import { useQueryClient } from "@tanstack/react-query";
import { Component, type ReactNode } from "react";
import { FormattedMessage } from "react-intl";
import { Refusal } from "../backend/port";
import { Trouble } from "../components/Trouble";
import classes from "./Frame.module.css";
import { href, Link } from "./router";

interface Props {
  /** Another address is another try. */
  address: string;
  /** What was read may be why: it is read anew before another try. */
  onAgain: () => Promise<void>;
  children: ReactNode;
}

interface State {
  thrown?: { error: unknown } | undefined;
}

/** React has no function for this. */
class Catch extends Component<Props, State> {
  override state: State = {};

  static getDerivedStateFromError(error: unknown): State {
    return { thrown: { error } };
  }

  override componentDidUpdate(before: Props) {
    if (this.state.thrown !== undefined && before.address !== this.props.address) this.setState({ thrown: undefined });
  }

  override render() {
    const { thrown } = this.state;
    if (thrown === undefined) return this.props.children;
    const detail = thrown.error instanceof Error ? thrown.error.message : String(thrown.error);
    return (
      <div className={classes.trouble}>
        <Trouble
          error={new Refusal({ code: "page-broken", params: { detail } })}
          onRetry={() => this.props.onAgain().then(() => this.setState({ thrown: undefined }))}
        />
        <p>
          <Link to={href("help")}>
            <FormattedMessage id="nav.help" />
          </Link>
        </p>
      </div>
    );
  }
}

export function Boundary({ address, children }: Pick<Props, "address" | "children">) {
  const client = useQueryClient();
  const readAnew = () => {
    client.removeQueries({ type: "inactive" });
    return client.refetchQueries({ type: "active" });
  };
  return (
    <Catch address={address} onAgain={readAnew}>
      {children}
    </Catch>
  );
}
