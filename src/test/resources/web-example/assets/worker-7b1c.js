postMessage("as long as a worker that does nothing");
