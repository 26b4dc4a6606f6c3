// The window with sample data in memory: for looking at screens without Rust. Never part of the shipped bundle.
import { mount } from "svelte";
import App from "../src/App.svelte";
import { setHost } from "../src/host";
import "../src/styles/index.css";
import { sampleHost } from "./sampleHost";

const wanted = new URLSearchParams(location.search);
document.documentElement.dataset.theme = wanted.get("theme") === "light" ? "light" : "dark";
setHost(sampleHost(wanted));
const target = document.getElementById("app");
if (target) mount(App, { target });
