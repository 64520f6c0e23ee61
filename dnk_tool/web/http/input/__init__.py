"""What a request brings, judged before any view: characters, numbers in addresses, forms that come twice."""
