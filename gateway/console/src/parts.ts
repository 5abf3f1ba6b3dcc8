// The parts of a `multipart/mixed` body, each as soon as it is there.

/** The boundary that a content type names; undefined when the body has no parts. */
export function boundaryOf(contentType: string | null): string | undefined {
  if (!contentType || !/^\s*multipart\/mixed\b/i.test(contentType)) return undefined;
  const named = /;\s*boundary=(?:"([^"]*)"|([^;\s]+))/i.exec(contentType);
  return named?.[1] ?? named?.[2] ?? '-';
}

export async function* partsOf(body: ReadableStream<Uint8Array>, boundary: string): AsyncGenerator<string> {
  const delimiter = `\r\n--${boundary}`;
  const decoder = new TextDecoder();
  const reader = body.getReader();
  // The first delimiter may stand at the very start, without its line break.
  let rest = '\r\n';
  let inPreamble = true;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += decoder.decode(value, { stream: !done });
      for (let end = rest.indexOf(delimiter); end >= 0; end = rest.indexOf(delimiter)) {
        const part = rest.slice(0, end);
        rest = rest.slice(end + delimiter.length);
        if (!inPreamble) yield withoutHeaders(part);
        inPreamble = false;
      }
      if (done) return;
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}

function withoutHeaders(part: string): string {
  const end = part.indexOf('\r\n\r\n');
  return end < 0 ? part : part.slice(end + 4);
}
