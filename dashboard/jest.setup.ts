import "@testing-library/jest-dom";

// jsdom knows <dialog> but not how to open it as a modal.
HTMLDialogElement.prototype.showModal = function showModal() {
  this.open = true;
};
HTMLDialogElement.prototype.close = function close() {
  this.open = false;
};
