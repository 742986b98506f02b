package reply

// Wake is what Run does about those that were put off.
var Wake = (*Queue).wake

// Carry is what Run does about what is handed over.
var Carry = (*Queue).carry
