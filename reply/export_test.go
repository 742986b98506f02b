package reply

// Wake is what Run does about those that were put off.
var Wake = (*Queue).wake

// Handovers is what Run does about what somebody who left had.
var Handovers = (*Queue).handovers

// Carry is what Run does about what is handed over.
var Carry = (*Queue).carry
