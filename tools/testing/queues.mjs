// Queues of stages that go side by side, each in its own order.

function ending() {
  let resolve;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}

// Plays every stage of every queue, at most one of each queue at a time, and gives what `play` gave
// for them. A stage with `after` waits for the end of the stage of that name, whatever came of it;
// one that is not played is not waited for.
export async function playQueues(queues, play) {
  const ends = new Map(queues.flat().map(({ name }) => [name, ending()]));
  const playQueue = async (stages) => {
    const played = [];
    for (const stage of stages) {
      await ends.get(stage.after)?.promise;
      try {
        played.push(await play(stage));
      } finally {
        ends.get(stage.name).resolve();
      }
    }
    return played;
  };
  return (await Promise.all(queues.map(playQueue))).flat();
}
