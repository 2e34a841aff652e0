// A package of got makes an Intl.ListFormat for its error messages when it is loaded, which costs each start some
// 15 ms. The build puts this in its place: it is made when a message needs it.
export class LazyListFormat {
  #args;
  #format = null;

  constructor(...args) {
    this.#args = args;
  }

  format(list) {
    this.#format ??= new globalThis.Intl.ListFormat(...this.#args);
    return this.#format.format(list);
  }
}
