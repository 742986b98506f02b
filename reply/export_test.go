package reply

// Wake is what Run does about those that were put off.
var Wake = (*Queue).wake
