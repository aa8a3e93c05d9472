"""How numbers become words and pictures. It takes values and asks for nothing."""
