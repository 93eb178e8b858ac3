import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "../app/App";
import { FakeBackend, type FakeOptions } from "../backend/fake";

/** Opens the whole window at an address, on a pretended program, of which `prepare` makes what a test needs. */
export async function open(
  hash = "#/overview",
  options: FakeOptions = {},
  prepare: (backend: FakeBackend) => void = () => undefined,
) {
  const backend = new FakeBackend(options);
  prepare(backend);
  window.location.hash = hash;
  const user = userEvent.setup();
  const { container } = render(<App backend={backend} />);
  await screen.findByRole("heading", { level: 1 });
  return { backend, user, container };
}
