import { Component, type ComponentChildren } from 'preact';

/** A component that is drawn anew only when one of its properties is another. */
export function memo<P extends object>(draw: (props: P) => ComponentChildren) {
  return class extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const keys = new Set([...Object.keys(this.props), ...Object.keys(next)]) as Set<keyof P>;
      return [...keys].some((key) => this.props[key] !== next[key]);
    }
    override render(): ComponentChildren {
      return draw(this.props);
    }
  };
}
