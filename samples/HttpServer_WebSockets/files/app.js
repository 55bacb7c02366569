"use strict";

const list = document.getElementById("messages");
const state = document.getElementById("state");
const text = document.getElementById("text");
const send = document.getElementById("send");

let socket = null;
let wait = 1000; // milliseconds until the next attempt to connect

function show(message, kind) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  const item = document.createElement("li");
  item.className = kind;
  item.textContent = message;
  list.append(item);
  while (list.childElementCount > 500) {
    list.firstElementChild.remove();
  }
  if (atEnd) {
    list.scrollTop = list.scrollHeight;
  }
}

function setState(words, kind) {
  state.textContent = words;
  state.className = `state ${kind}`;
  send.disabled = kind !== "good";
}

function receive(message) {
  if (message.startsWith("Echo: ")) {
    show(message.slice("Echo: ".length), "mine");
  } else {
    show(message, message.startsWith("Friend ") ? "other" : "news");
  }
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}/ws`);
  socket.onopen = () => {
    wait = 1000;
    setState("Connected", "good");
  };
  socket.onmessage = (event) => receive(event.data);
  socket.onclose = () => {
    setState("Not connected", "bad");
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, 30000);
  };
}

document.getElementById("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (text.value !== "" && socket.readyState === WebSocket.OPEN) {
    socket.send(text.value);
    text.value = "";
  }
  text.focus();
});

// A page that is left may live on, unseen: say goodbye. If it comes back, it connects again
window.addEventListener("pagehide", () => socket.close());

connect();
