package detect

// Detectors are all detectors, in the order in which people are told of them.
var Detectors = []Detector{threshold, cue, mood, topic, surge, voice}
