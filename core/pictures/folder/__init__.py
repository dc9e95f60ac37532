"""A folder of pictures: listed, judged, sorted into classes and parts, watched."""
