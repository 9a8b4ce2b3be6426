// Runs in a page: how often it paints, and how long after a key or a click what follows from it is painted.
(() => {
  const delays = [];
  const painted = new MessageChannel();
  const asked = [];
  painted.port1.onmessage = () => {
    const now = performance.now();
    for (const at of asked.splice(0)) delays.push(now - at);
  };
  // The frame in which the event's effects are drawn is the next one; the message comes when it was handed over.
  const note = ({ timeStamp }) => {
    requestAnimationFrame(() => {
      asked.push(timeStamp);
      painted.port2.postMessage(null);
    });
  };
  for (const type of ['keydown', 'click']) addEventListener(type, note, { capture: true });

  globalThis.frameProbe = {
    /** Instants of the frames of so many milliseconds. */
    frames: (ms) =>
      new Promise((resolve) => {
        const instants = [];
        const frame = (at) => {
          instants.push(at);
          if (at - instants[0] < ms) requestAnimationFrame(frame);
          else resolve(instants);
        };
        requestAnimationFrame(frame);
      }),
    delays: () => delays.splice(0),
  };
})();
